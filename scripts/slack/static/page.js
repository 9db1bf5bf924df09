/** Keeps the page up to date, and sends what its user does. Everything is drawn by the server. */
const { as, room } = document.body.dataset
const main = document.querySelector('#main')
const modal = document.querySelector('#modal')
const notice = document.querySelector('#notice')
const code = document.querySelector('#code')
const shown = { main: null, modal: null, notice: null }

let asked = 0

async function refresh() {
  asked += 1
  const own = asked
  const answer = await fetch(`/ui/parts?as=${as}&in=${room}`)
  if (!answer.ok) return
  const parts = await answer.json()
  // Whoever asked later knows better.
  if (own !== asked) return
  if (parts.main !== shown.main) {
    const open = [...main.querySelectorAll('details[open]')].map(({ dataset }) => dataset.thread)
    const isAtEnd =
      (shown.main === null && matchMedia('(min-width: 48rem)').matches) ||
      innerHeight + scrollY >= document.body.scrollHeight - 40
    main.innerHTML = parts.main
    for (const details of main.querySelectorAll('details')) {
      details.open = open.includes(details.dataset.thread)
    }
    if (isAtEnd) scrollTo(0, document.body.scrollHeight)
  }
  // What is being typed stays: a modal is drawn again only when the app changed it.
  if (parts.modal !== shown.modal) {
    modal.innerHTML = parts.modal
    const first = modal.querySelector('.field input, .field textarea, .field select')
    // What is to be read comes first.
    first?.focus({ preventScroll: true })
  }
  if (parts.notice !== shown.notice) notice.textContent = parts.notice
  code.textContent = parts.code
  Object.assign(shown, parts)
}

async function act(what) {
  const answer = await fetch(`/ui/act?as=${as}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(what),
  })
  if (!answer.ok) notice.textContent = (await answer.json()).error ?? 'That did not work.'
  await refresh()
}

/** What stands in the modal's fields, by block id. */
function typed() {
  const fields = modal.querySelectorAll('[data-block]:is(input, textarea, select)')
  const entries = [...fields]
    .filter(({ type, checked }) => type !== 'radio' || checked)
    .map(({ dataset, value }) => [dataset.block, value])
  return Object.fromEntries(entries)
}

function placeOf(element) {
  if (element.closest('#modal')) return { kind: 'modal' }
  const message = element.closest('.msg')
  if (!message) return { kind: 'home' }
  return { kind: 'message', channel: message.dataset.channel, ts: message.dataset.ts }
}

/** Slack's own question before a press that asks for one. */
function confirmed(question) {
  const dialog = document.querySelector('#confirm')
  const { title, text, confirm, deny } = JSON.parse(question)
  const [no, yes] = dialog.querySelectorAll('button')
  dialog.querySelector('h2').textContent = title
  dialog.querySelector('p').textContent = text
  no.textContent = deny
  yes.textContent = confirm
  dialog.showModal()
  return new Promise((resolve) => {
    no.onclick = () => dialog.close('')
    yes.onclick = () => dialog.close('yes')
    dialog.onclose = () => resolve(dialog.returnValue === 'yes')
  })
}

async function press(element, chosen) {
  const { press: actionId, choose, block: blockId, confirm } = element.dataset
  if (confirm && !(await confirmed(confirm))) return
  const at = placeOf(element)
  await act({ act: 'press', at, blockId, actionId: actionId ?? choose, chosen, values: typed() })
}

document.addEventListener('click', (event) => {
  const element = event.target.closest('[data-press], [data-close]')
  if (!element) return
  if (element.matches('[data-close]')) void act({ act: 'close' })
  else void press(element)
})

document.addEventListener('change', (event) => {
  const element = event.target
  if (element.id === 'as') element.form.submit()
  // A choice in an input waits for the modal's button; elsewhere the app is told at once.
  else if (element.dataset.choose && !element.closest('.field')) void press(element, element.value)
})

document.addEventListener('submit', (event) => {
  if (event.target.matches('.modal')) {
    event.preventDefault()
    void act({ act: 'submit', values: typed() })
  }
  if (event.target.id === 'say') {
    event.preventDefault()
    const { words } = event.target.elements
    const text = words.value.trim()
    words.value = ''
    if (text !== '') void act({ act: 'say', channel: room, text })
  }
})

document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && modal.firstElementChild) void act({ act: 'close' })
})

// The authenticator shows another code every half minute.
setInterval(() => void refresh(), 5_000)
new EventSource('/ui/changes').addEventListener('message', () => void refresh())
if (room === 'home') void act({ act: 'home' })
