/** The deploy contract that the README, the demo and the first end-to-end test are about. */
export const SEED_CONTRACT = {
  goal: 'Deploy release 2026.03.14 to production',
  tools: ['deploy.production'],
  constraints: [
    'require_approval: true',
    'allowed_change_window: business_hours',
    'rollback_plan_required: true',
    'mfa_required: true',
  ],
  side_effects: ['service_impact', 'write'],
  context: {
    actor_role: 'release_manager',
    environment: 'production',
    approval_status: 'pending',
    ticket_id: 'OPS-214',
    rollback_plan: false,
  },
}
