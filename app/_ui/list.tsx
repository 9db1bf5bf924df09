import type { ComponentProps } from 'react'

/**
 * A list without markers. WebKit drops list semantics with `list-style: none`; the role brings them back,
 * so it is passed here once and every unmarked list is made of these two.
 */
const asList = { role: 'list' }

export function Ordered(props: ComponentProps<'ol'>) {
  return <ol {...asList} {...props} />
}

export function Unordered(props: ComponentProps<'ul'>) {
  return <ul {...asList} {...props} />
}
