/**
 * Evidence that a caller may attach, where the policy takes it from callers. Approvals, second factors and files are never among
 * it: people give those.
 */
export type Evidence =
  | {
      type: 'rollback_plan'
      body: {
        steps: string[]
        owner: string
        estimated_minutes: number
        previous_version: string
        tested: boolean
      }
    }
  | { type: 'change_record'; body: { system: string; id: string; url: string } }
  | {
      type: 'test_results'
      body: { summary: string; passed: number; failed: number; url?: string | undefined }
    }
  | {
      type: 'backup'
      /** `taken_at`: RFC 3339. */
      body: { location: string; taken_at: string; restore_tested: boolean }
    }
  | { type: 'impact_analysis'; body: { summary: string; affected: string[] } }
  | { type: 'note'; body: { text: string } }
