import type { WhyUnlinked } from '#lib/wire/views/slack'

/** Why nothing counts that a Slack user does, and what they can do: the same in a modal, beside a message and at home. */
export const UNLINKED: Record<WhyUnlinked, { title: string; why: string; next: string }> = {
  never: {
    title: 'Countersign does not know who you are in Slack yet',
    why: '',
    next: 'Link your account in the console',
  },
  ended: {
    title: 'Your Slack account is no longer linked',
    why: 'The link was ended. ',
    next: 'Link your account again in the console',
  },
  deactivated: {
    title: 'Your account is not active',
    why: 'An admin deactivated it, so nothing that you press here counts.',
    next: '',
  },
}
