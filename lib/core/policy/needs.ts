/** Why an approval is needed where no rule may have asked for one. */
export interface Needs {
  /** The default one, whatever else is demanded: something here is not known to the policy. */
  defaultApproval: boolean
  /** Some approval: the default one, unless a rule demands one of its own. */
  someApproval: boolean
}
