import type { Mail } from './open-mail'

export interface SignInMail {
  to: Mail['to']
  /** As people call the organisation. */
  organisation: string
  /** With the secret behind its #. */
  link: string
  /** "15 minutes", "24 hours". */
  lives: string
  /** Who invites; null: the person asked for it themselves. */
  invitedBy: string | null
}

/** The mail with a one-time link, as text and as simple HTML that says the same. */
export function signInMail({ to, organisation, link, lives, invitedBy }: SignInMail): Mail {
  const place = organisation === 'Countersign' ? 'Countersign' : `Countersign at ${organisation}`
  const before =
    invitedBy === null
      ? `Open this link to sign in to ${place}:`
      : `${invitedBy} invites you to ${place}, where people sign what software may do. Open this link to sign in:`
  const after = [
    `It signs you in once, within ${lives}. Opening the page uses nothing up: its button does.`,
    invitedBy === null
      ? 'You did not ask for it? Then do nothing: without the link nobody is signed in.'
      : 'You expected no invitation? Then do nothing, or ask who sent it.',
    'Pass it on to nobody: whoever opens it is you.',
  ]
  const hello = `Hello ${to.name},`
  return {
    to,
    subject: invitedBy === null ? `Sign in to ${place}` : `You are invited to ${place}`,
    text: `${[hello, before, link, ...after].join('\n\n')}\n`,
    html: page([
      escaped(hello),
      escaped(before),
      `<a href="${escaped(link)}">${escaped(link)}</a>`,
      ...after.map(escaped),
    ]),
  }
}

function page(paragraphs: string[]): string {
  const body = paragraphs.map((html) => `<p>${html}</p>`).join('\n')
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="color-scheme" content="light dark"></head>
<body style="font: 16px/1.5 sans-serif; max-width: 36em">
${body}
</body>
</html>
`
}

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (sign) => ENTITIES[sign] ?? sign)
}
