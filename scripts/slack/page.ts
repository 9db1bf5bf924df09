import { type Html, html } from './html'
import type { Json, ShownMessage, ShownView } from './journal'
import { mark } from './page-mark'
import { renderMessages } from './page-messages'
import { renderBlocks } from './render-blocks'
import { textOf } from './render-elements'
import type { Seen } from './seen'
import type { StateValues } from './view-state'
import { CHANNELS, directOf, TEAM, USERS } from './workspace'

export const HOME = 'home'

/** Who looks, at what. */
export interface Looking {
  user: string
  /** A channel's id, the conversation with the app, or `home`. */
  room: string
  /** What the user's authenticator app shows; null where that is not known. */
  code: string | null
  /** IANA zone of the times beside messages. */
  zone: string
  /** Where the tickets are. */
  publicUrl: string
}

/** The parts of the page that change while it is open. */
export interface PageParts {
  main: string
  modal: string
  notice: string
  code: string
}

export function pageParts(seen: Seen, looking: Looking): PageParts {
  return {
    main: renderRoom(seen, looking).text,
    modal: seen.modal === null ? '' : renderModal(seen.modal).text,
    notice: seen.notice ?? '',
    code:
      looking.code === null
        ? ''
        : `${firstName(looking.user)}'s authenticator shows ${looking.code}`,
  }
}

/** "Mara" */
function firstName(userId: string): string {
  const realName = USERS.find(({ id }) => id === userId)?.realName ?? userId
  return realName.split(' ')[0] ?? realName
}

/** The whole page, without a script in it and without a style attribute. */
export function renderPage(seen: Seen, looking: Looking): string {
  const { main, modal, notice, code } = pageParts(seen, looking)
  const { text } = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${roomName(looking)} · Slack on this machine</title>
<link rel="stylesheet" href="/page.css">
<link rel="stylesheet" href="/slack.css">
<link rel="stylesheet" href="/blocks.css">
<script src="/page.js" defer></script>
</head>
<body data-as="${looking.user}" data-room="${looking.room}">
<nav class="rooms" aria-label="Conversations">
  <p class="workspace">${TEAM.name}</p>
  <p class="soft">A Slack that is played on this machine. <a href="${looking.publicUrl}">The console</a></p>
  <form method="get" action="/">
    <label for="as">Act as</label>
    <select id="as" name="as">${USERS.map(
      ({ id, realName, isGuest }) =>
        html`<option value="${id}" ${id === looking.user && 'selected'}>${realName}${isGuest === true && ' (guest)'}</option>`,
    )}</select>
    <input type="hidden" name="in" value="${looking.room}">
    <noscript><button>Change</button></noscript>
  </form>
  <p id="code" class="soft">${code}</p>
  ${renderRooms(looking)}
</nav>
<main class="slack">
  <h1 class="room">${roomName(looking)}</h1>
  <div id="main">`
  return `${text}${main}</div>
  <p id="notice" role="alert">${html`${notice}`.text}</p>
  ${looking.room === HOME ? '' : renderSay(looking).text}
</main>
<div id="modal">${modal}</div>
<dialog id="confirm" class="slack"><h2></h2><p></p><div class="buttons"><button type="button" value=""></button><button type="button" class="solid" value="yes"></button></div></dialog>
</body>
</html>`
}

function renderRooms(looking: Looking): Html {
  const link = (room: string, name: string) =>
    html`<li><a href="/?as=${looking.user}&amp;in=${room}" ${
      room === looking.room && html`aria-current="page"`
    }>${name}</a></li>`
  return html`<h2>Channels</h2>
  <ul>${CHANNELS.map(({ id, name }) => link(id, `# ${name}`))}</ul>
  <h2>Countersign</h2>
  <ul>${link(HOME, 'Home')}${link(directOf(looking.user), 'Messages')}</ul>`
}

function renderRoom(seen: Seen, looking: Looking): Html {
  if (looking.room === HOME) return renderHome(seen.home)
  const messages = seen.messages.filter(({ channel }: ShownMessage) => channel === looking.room)
  if (messages.length === 0) return html`<p class="empty">Nothing has been said here yet.</p>`
  return renderMessages(messages, looking.zone)
}

function renderHome(home: Json | null): Html {
  if (home === null) return html`<p class="empty">The app has not shown anything here yet.</p>`
  return html`<div class="home">${renderBlocks((home['blocks'] ?? []) as Json[])}</div>`
}

function renderSay({ room }: Looking): Html {
  const label = `Message, or /countersign`
  return html`<form id="say" class="say" data-room="${room}">
    <label for="words" class="vh">${label}</label>
    <input id="words" name="words" placeholder="${label}" autocomplete="off" maxlength="3000">
    <button>Send</button>
  </form>`
}

export function renderModal({ view, errors }: ShownView): Html {
  const typed = ((view['state'] ?? {}) as Json)['values'] as StateValues | undefined
  const submit = textOf(view['submit'])
  const blocks = (view['blocks'] ?? []) as Json[]
  return html`<div class="veil"><div class="slack"><form class="modal" role="dialog" aria-modal="true" aria-labelledby="modal-title" data-view="${String(view['id'])}">
    <header><span class="avatar small">${mark()}</span><h3 id="modal-title">${textOf(view['title'])}</h3><button type="button" class="x" data-close aria-label="Close">×</button></header>
    <div class="in">${renderBlocks(blocks, { errors, ...(typed && { typed }) })}</div>
    <footer><button type="button" data-close>${textOf(view['close']) || 'Cancel'}</button>${
      submit !== '' && html`<button class="solid">${submit}</button>`
    }</footer>
  </form></div></div>`
}

function roomName({ room }: Looking): string {
  if (room === HOME) return 'Countersign, Home'
  const channel = CHANNELS.find(({ id }) => id === room)
  return channel ? `# ${channel.name}` : 'Countersign, Messages'
}
