import { expect, test } from 'vitest'
import { EVIDENCE_BODIES } from '#lib/wire/evidence'
import { readEvidence, toldEvidenceProblems } from './read-evidence'

function changeRecord(url: string) {
  const form = new FormData()
  for (const [name, text] of Object.entries({ system: 'Jira', id: 'OPS-214', url })) {
    form.set(name, text)
  }
  return EVIDENCE_BODIES.change_record.safeParse(readEvidence('change_record', form))
}

test.each([
  'javascript:alert(1)',
  'data:text/html,x',
  'mailto:a@b.example',
  'https:x',
  'OPS-214',
  '',
])('the form of a change record does not take %j for an address, and says what it takes', (url) => {
  const { error } = changeRecord(url)
  expect(toldEvidenceProblems('change_record', error?.issues ?? []).fields).toEqual({
    url: 'Give an address that begins with https:// (or http://).',
  })
})

test.each(['https://jira.example/OPS-214', 'http://wiki/x', 'HTTPS://JIRA.example/?a=b#c'])(
  'it takes %s',
  (url) => {
    expect(changeRecord(url).data?.url).toBe(url)
  },
)
