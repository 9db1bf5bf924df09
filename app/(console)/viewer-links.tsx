import { Button } from '../_ui/button'

/** The end of the top bar: one's account, and the way out. A plain form, so that signing out needs no script. */
export function ViewerLinks({ isAccount }: { isAccount: boolean }) {
  return (
    <>
      <a className="account-link" href="/account" aria-current={isAccount ? 'page' : undefined}>
        Account
      </a>
      <form action="/sign-out" method="post">
        <Button type="submit" size="small">
          Sign out
        </Button>
      </form>
    </>
  )
}
