import { describe, expect, it } from 'vitest'
import { fieldsOf, readApprove, readEvidence, readReject } from './forms'

/** As Slack sends what stands in the fields. */
function typed(fields: Record<string, string | null>) {
  return {
    values: Object.fromEntries(
      Object.entries(fields).map(([block, value]) => [
        block,
        { value: { type: 'plain_text_input', value } },
      ]),
    ),
  }
}
const chosen = (block: string, value: string | null) => ({
  [block]: {
    value: { type: 'static_select', selected_option: value === null ? null : { value } },
  },
})

describe('a submitted approval', () => {
  it('is six digits and a note or none', () => {
    expect(readApprove(typed({ code: ' 123456 ', note: 'Agreed.' }))).toEqual({
      ok: true,
      value: { code: '123456', note: 'Agreed.' },
    })
    expect(readApprove(typed({ code: '123456', note: null }))).toEqual({
      ok: true,
      value: { code: '123456', note: null },
    })
  })

  it.each([null, '', '12345', '1234567', '12 456', '१२३४५६', 'abcdef'])(
    'with %j for a code is told so at the field of the code',
    (code) => {
      expect(readApprove(typed({ code, note: null }))).toEqual({
        ok: false,
        errors: { code: 'A code has exactly six digits.' },
      })
    },
  )

  it('of another form than ours is refused, whatever it holds', () => {
    for (const values of [{}, { code: {} }, { code: { value: 7 } }, { code: { other: 'x' } }]) {
      expect(readApprove({ values } as never).ok).toBe(false)
    }
  })
})

describe('a submitted rejection', () => {
  it('needs a reason of ours', () => {
    const note = typed({ note: '' }).values
    expect(readReject({ values: { ...chosen('reason', 'not_now'), ...note } })).toEqual({
      ok: true,
      value: { reason: 'not_now', note: null },
    })
    for (const reason of [null, 'because']) {
      expect(readReject({ values: { ...chosen('reason', reason), ...note } })).toEqual({
        ok: false,
        errors: { reason: 'Choose a reason.' },
      })
    }
  })
})

describe('submitted evidence', () => {
  const plan = {
    'rollback_plan.steps': 'Drain eu-west\n\n  Point the router back  \n',
    'rollback_plan.owner': 'Aiko Mori',
    'rollback_plan.estimated_minutes': '12',
    'rollback_plan.previous_version': '2026.03.07',
  }

  it('is a rollback plan with a step a line', () => {
    const values = { ...typed(plan).values, ...chosen('rollback_plan.tested', 'yes') }
    expect(readEvidence('rollback_plan', { values })).toEqual({
      ok: true,
      value: {
        steps: ['Drain eu-west', 'Point the router back'],
        owner: 'Aiko Mori',
        estimated_minutes: 12,
        previous_version: '2026.03.07',
        tested: true,
      },
    })
  })

  it('does not take silence for a plan that was tested', () => {
    const read = readEvidence('rollback_plan', typed(plan))
    expect(read.ok && 'tested' in read.value && read.value.tested).toBe(false)
  })

  it('names each field that is wrong, and what to do', () => {
    const read = readEvidence('rollback_plan', typed({}))
    expect(read).toEqual({
      ok: false,
      errors: {
        'rollback_plan.steps': 'Write something here.',
        'rollback_plan.owner': 'Write something here.',
        'rollback_plan.estimated_minutes': 'Write whole minutes, from 1 to 10080.',
        'rollback_plan.previous_version': 'Write something here.',
      },
    })
  })

  it('of one type does not read what was typed for another', () => {
    expect(readEvidence('note', typed({ 'change_record.id': 'x' }))).toMatchObject({ ok: false })
    const note = readEvidence('note', typed({ 'note.text': 'Announced.' }))
    expect(note).toEqual({ ok: true, value: { text: 'Announced.' } })
  })

  it('is a change record with an address', () => {
    const record = { 'change_record.system': 'Jira', 'change_record.id': 'OPS-214' }
    for (const url of ['ops', '', 'javascript:alert(1)', 'https:jira']) {
      expect(readEvidence('change_record', typed({ ...record, 'change_record.url': url }))).toEqual(
        {
          ok: false,
          errors: {
            'change_record.url': 'Give an address that begins with https:// (or http://).',
          },
        },
      )
    }
    const url = 'https://jira.example/OPS-214'
    const read = readEvidence('change_record', typed({ ...record, 'change_record.url': url }))
    expect(read).toMatchObject({ ok: true, value: { url } })
  })
})

it('a field that Slack sends in a form unknown to us is empty', () => {
  expect(fieldsOf({ values: { a: { value: { value: 'x' } }, b: { value: null }, c: {} } })).toEqual(
    {
      a: 'x',
      b: '',
      c: '',
    },
  )
})
