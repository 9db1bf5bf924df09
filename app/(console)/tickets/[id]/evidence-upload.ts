import {
  FILE_HEADERS,
  fileEnding,
  MOST_FILE_BYTES,
  sizeText,
  type UploadAnswer,
} from '#lib/wire/files'

export interface Sent {
  bytes: number
  total: number
}

/** What can be said of a file before any of it is sent; null for nothing. */
export function faultOf(file: File | null): string | null {
  if (file === null || file.name === '') return 'Choose a file.'
  if (file.size === 0) return 'The file is empty. Choose one that is not.'
  if (file.size > MOST_FILE_BYTES) {
    return `It has ${sizeText(file.size)}. A file has at most ${sizeText(MOST_FILE_BYTES)}.`
  }
  return fileEnding(file.name) === null ? NOT_TAKEN : null
}

const NOT_TAKEN = 'Its name has to end in .pdf, .png, .jpg, .webp, .txt, .log, .md, .csv or .json.'

/**
 * Sends a file and tells how much of it has left. `fetch` does not tell, so this is XMLHttpRequest.
 * @returns null when it was cancelled
 */
export function sendFile(
  address: string,
  { file, description }: { file: File; description: string },
  { onSent, signal }: { onSent: (sent: Sent) => void; signal: AbortSignal },
): Promise<UploadAnswer | null> {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest()
    request.open('POST', address)
    request.setRequestHeader('content-type', 'application/octet-stream')
    request.setRequestHeader(FILE_HEADERS.name, encoded(file.name))
    request.setRequestHeader(FILE_HEADERS.description, encoded(description))
    request.upload.onprogress = ({ loaded, total }) => onSent({ bytes: loaded, total })
    request.onload = () => resolve(answerOf(request))
    request.onerror = () => resolve(BROKEN_OFF)
    request.onabort = () => resolve(null)
    signal.addEventListener('abort', () => request.abort(), { once: true })
    request.send(file)
  })
}

/** A header holds ASCII alone. Half a character, which no name needs, has no encoding. */
function encoded(text: string): string {
  return encodeURIComponent(text.replace(/\p{Cs}/gu, ''))
}

function answerOf({ status, responseText }: XMLHttpRequest): UploadAnswer {
  try {
    const answer: unknown = JSON.parse(responseText)
    if (isAnswer(answer)) return answer
  } catch {
    // Not from our handler: from the server in front of it.
  }
  return status === 408 ? TOO_SLOW : BROKEN_OFF
}

function isAnswer(answer: unknown): answer is UploadAnswer {
  return typeof answer === 'object' && answer !== null && 'ok' in answer && 'text' in answer
}

const BROKEN_OFF: UploadAnswer = {
  ok: false,
  title: 'The upload broke off',
  text: 'Nothing was attached. Check the connection, then send it again; the file is still chosen.',
}

const TOO_SLOW: UploadAnswer = {
  ok: false,
  title: 'The upload took too long',
  text: 'Nothing was attached. Send it again over a faster connection, or a smaller file.',
}
