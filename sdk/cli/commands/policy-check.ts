import type { Command } from '../command'

export const policyCheck: Command = {
  name: 'policy check',
  summary: 'check a policy file, and show what a contract would get under it',
  usage: 'FILE [--members FILE] [--contract FILE]',
  about: `Reads a policy as publishing does: shape, names, types and cost of each condition, and tells each fault with its line. Needs
no installation and no network.

--members says who is in the groups, as {"release_managers": ["mara", "tomas"]}: then it also checks that those people could
give every approval the policy asks for. Publishing checks that against the groups as they are.

--contract shows what the policy would say of a contract that nobody has voted on: verdict, issues, and what is missing. What
remote decision points would answer is not known here.`,
  options: {
    members: { value: 'FILE', help: 'who is in which group, JSON' },
    contract: { value: 'FILE', help: 'a contract, JSON; - for stdin' },
    'caller-role': {
      value: 'ROLE',
      isMultiple: true,
      help: 'a role the caller is registered with',
    },
    'caller-environment': {
      value: 'NAME',
      isMultiple: true,
      help: 'an environment the caller is registered for',
    },
    'caller-name': { value: 'NAME', help: 'how the caller is registered; cli when left out' },
    'caller-kind': { value: 'KIND', help: 'agent or ci_job; ci_job when left out' },
    at: { value: 'TIME', help: 'as of this time (RFC 3339) instead of now, for change windows' },
  },
  examples: [
    'countersign policy check policy.yaml --members members.json \\',
    '  --contract deploy.json --caller-role deployer --caller-environment production',
  ],
  settings: [],
  exits: ['does_not_hold'],
  // Compiling brings a YAML reader, a schema library and an expression language: only who needs them waits for them.
  act: async (call) => await (await import('../policy/check-policy')).checkPolicy(call),
}
