import { type Html, html } from './html'

/** The app's picture. */
export function mark(): Html {
  return html`<svg class="mark" viewBox="0 0 20 20" aria-hidden="true" fill="currentColor"><path d="M0 1h20v3H0zM0 6h20v3H0zM0 11h5v3H0zM7.5 11h5v3h-5zM15 11h5v3h-5zM0 16h5v3H0zM7.5 16h5v3h-5zM15 16h5v3h-5z"/></svg>`
}
