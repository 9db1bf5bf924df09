import type { ComponentProps, ReactNode } from 'react'
import { Icon, type IconName } from './icon'

/** `sign` is blue and filled: one a page, and it signs. `reject` is outlined. `quiet` is a word. */
export type ButtonKind = 'normal' | 'sign' | 'reject' | 'quiet'

interface Look {
  kind?: ButtonKind
  size?: 'small' | 'large'
  isWide?: boolean
  icon?: IconName
  children: ReactNode
}

const kindClass: Record<ButtonKind, string> = {
  normal: '',
  sign: 'sign',
  reject: 'reject',
  quiet: 'plain',
}

export function Button({
  kind = 'normal',
  size,
  isWide = false,
  icon,
  isBusy = false,
  children,
  type = 'button',
  ...rest
}: Look & { isBusy?: boolean } & ComponentProps<'button'>) {
  return (
    <button
      {...rest}
      type={type}
      className={classOf(kind, size, isWide, isBusy)}
      aria-busy={isBusy || undefined}
    >
      {icon && <Icon name={icon} />}
      {children}
    </button>
  )
}

export function ButtonLink({
  kind = 'normal',
  size,
  isWide = false,
  icon,
  children,
  href,
}: Look & { href: string }) {
  return (
    <a className={classOf(kind, size, isWide, false)} href={href}>
      {icon && <Icon name={icon} />}
      {children}
    </a>
  )
}

function classOf(kind: ButtonKind, size: Look['size'], isWide: boolean, isBusy: boolean): string {
  return ['btn', kindClass[kind], size, isWide && 'wide', isBusy && 'busy']
    .filter(Boolean)
    .join(' ')
}
