/**
 * The policy for changes of the installation itself: who has which role, who is in which group, who owns a caller, which keys
 * there are, what policy says. It comes with the product: whoever may publish a policy cannot loosen it.
 * The group `admins` is everybody with that role; the database keeps it so.
 */
export const INSTALLATION_PACK = `description: >-
  Changes of who may do what in Countersign itself. Another admin approves each with a second factor.

deadline: 7d
execution_window: 1h

groups:
  admins: { label: Admin }

tools:
  countersign.*: { risk: privilege_change }

default_approval: { group: admins, count: 1, mfa: any }

rules:
  - name: second_admin
    effect: allow
    when: caller.kind == "console"
    require:
      - approval: { group: admins, count: 1, mfa: any }
  - name: console_only
    effect: deny
    when: caller.kind != "console"
    message: Only the console changes who may do what.
`
