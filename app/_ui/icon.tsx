/** One drawing a name, on a 16 px grid, stroke 1.5. What a state or verdict looks like is said in states.ts. */
const drawings = {
  alert: '<path d="M8 2.25 14.5 13.5h-13zM8 6.75V9.5"/><path d="M8 11.5h.01" stroke-width="1.75"/>',
  allow: '<path d="M5.5 1.75v2.75M5.5 11.5v2.75M1.5 8h12M9.75 4.25 13.5 8l-3.75 3.75"/>',
  bar: '<circle cx="8" cy="8" r="6.25"/><path d="M4.75 8h6.5" stroke-width="2.5" stroke-linecap="butt"/>',
  box: '<rect x="2.25" y="2.25" width="11.5" height="11.5" rx="1"/>',
  'box-met':
    '<rect x="2.25" y="2.25" width="11.5" height="11.5" rx="1" fill="currentColor"/><path d="m5 8.25 2.1 2.1L11 6" stroke="var(--paper)" stroke-width="1.75"/>',
  'box-opens':
    '<rect x="2.25" y="2.25" width="11.5" height="11.5" rx="1"/><path d="M8 5.25V8l1.75 1.25"/>',
  'box-void':
    '<rect x="2.25" y="2.25" width="11.5" height="11.5" rx="1"/><path d="m4.5 11.5 7-7"/>',
  check: '<path d="m3 8.5 3.25 3.25L13 5"/>',
  clock: '<circle cx="8" cy="8" r="6.25"/><path d="M8 4.25V8l2.5 1.75"/>',
  close: '<path d="m3.75 3.75 8.5 8.5M12.25 3.75l-8.5 8.5"/>',
  code: '<rect x="1.5" y="4.25" width="13" height="7.5" rx="1"/><path d="M4.75 8h.01M8 8h.01M11.25 8h.01" stroke-width="2"/>',
  copy: '<rect x="5.75" y="5.75" width="8" height="8" rx="1"/><path d="M10.25 2.25h-8v8"/>',
  cross: '<circle cx="8" cy="8" r="6.25"/><path d="m5.75 5.75 4.5 4.5M10.25 5.75l-4.5 4.5"/>',
  defer:
    '<path d="M3.75 2v12M7.75 2v12" stroke-width="2"/><path d="M12 2v2.5M12 6.75v2.5M12 11.5V14" stroke-width="2" stroke-linecap="butt"/>',
  done: '<circle cx="8" cy="8" r="6.25"/><path d="m5 8.25 2.1 2.1L11 6"/>',
  flame:
    '<path d="M8 1.75c.4 2.6 4.25 3.9 4.25 8a4.25 4.25 0 0 1-8.5 0c0-1.7.9-2.6 1.75-3.5.2 1.1.6 1.6 1.25 2C6.5 5.75 6.9 3.5 8 1.75z"/>',
  go: '<circle cx="8" cy="8" r="6.25"/><path d="M4.75 8h6.25M8.5 5.25 11.25 8 8.5 10.75"/>',
  hash: '<path d="M6.25 2 4.75 14M11.25 2l-1.5 12M2.5 5.75h11.5M2 10.25h11.5"/>',
  info: '<circle cx="8" cy="8" r="6.25"/><path d="M8 7.5v3.5"/><path d="M8 5.1h.01" stroke-width="1.75"/>',
  menu: '<path d="M2 4.5h12M2 8h12M2 11.5h12"/>',
  message: '<path d="M2 3h12v8.5H7L3.75 14v-2.5H2z"/>',
  passkey:
    '<circle cx="5.75" cy="5" r="2.5"/><path d="M1.5 13.5c0-2.6 1.9-4.25 4.25-4.25.8 0 1.5.17 2.1.5"/><circle cx="12" cy="7.75" r="2"/><path d="M12 9.75v4.5M12 12h1.75"/>',
  pen: '<path d="M3 13.75h10"/><path d="m4 10.75.6-2.6 6-6 2 2-6 6z"/>',
  print: '<path d="M4.5 5.75V2h7v3.75M4.5 11.5H2V5.75h12v5.75h-2.5M4.5 9.25h7V14h-7z"/>',
  question:
    '<circle cx="8" cy="8" r="6.25"/><path d="M6.25 6.4C6.25 5.3 7 4.75 8 4.75s1.75.6 1.75 1.5C9.75 7.5 8 7.6 8 9"/><path d="M8 11.1h.01" stroke-width="1.75"/>',
  quote:
    '<path d="M6.5 3.75C4.4 4.6 3.25 6.2 3.25 8.5v3.25H6.5V8.5H5M13 3.75c-2.1.85-3.25 2.45-3.25 4.75v3.25H13V8.5h-1.5"/>',
  reload: '<path d="M13.5 8a5.5 5.5 0 1 1-2-4.25M13.5 1.75v3.5H10"/>',
  ring: '<circle cx="8" cy="8" r="6.25" stroke-dasharray="4 2.545" stroke-linecap="butt"/>',
  rings:
    '<circle cx="10.25" cy="8" r="4.5"/><path d="M5.75 3.5a4.5 4.5 0 0 0 0 9" stroke-dasharray="2.4 2"/>',
  search: '<circle cx="7" cy="7" r="4.5"/><path d="m10.5 10.5 3.5 3.5"/>',
  slash: '<circle cx="8" cy="8" r="6.25"/><path d="m3.75 12.25 8.5-8.5"/>',
  taken: '<path d="M8 2v7.5M4.75 6.75 8 10l3.25-3.25M2.25 11v3h11.5v-3"/>',
} as const satisfies Record<string, string>

export type IconName = keyof typeof drawings

/** One text and not two hundred elements: it is on every page, and each element is made, sent and read twice. */
const sprite = Object.entries(drawings)
  .map(([name, drawing]) => `<symbol id="i-${name}" viewBox="0 0 16 16">${drawing}</symbol>`)
  .join('')

/** Drawn once a page, in the root layout; an Icon points into it. */
export function IconSprite() {
  return (
    <svg
      className="sprite"
      aria-hidden="true"
      focusable="false"
      // biome-ignore lint/security/noDangerouslySetInnerHtml: made of the literals above alone
      dangerouslySetInnerHTML={{ __html: sprite }}
    />
  )
}

/** Never alone for a meaning: the word stands beside it. */
export function Icon({ name, className }: { name: IconName; className?: string }) {
  return (
    <svg className={className ? `i ${className}` : 'i'} aria-hidden="true">
      <use href={`#i-${name}`} />
    </svg>
  )
}
