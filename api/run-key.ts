/** What names a run: visible ASCII, so that it travels in headers and links. */
export const RUN_KEY = /^[!-~]{1,200}$/
