import path from 'node:path'

/** Where another process of the same installation, such as the demonstration, finds the page. */
export function pageFile(folder: string): string {
  return path.resolve(folder, 'slack-page')
}
