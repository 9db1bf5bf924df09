/** The workspace that the emulator plays. Its ids stay the same from one start to the next. */
export const TEAM = { id: 'T000000001', name: 'Osterby', domain: 'osterby' }

export const APP = {
  id: 'A0COUNTER1',
  name: 'Countersign',
  botId: 'B0COUNTER1',
  botUserId: 'U0COUNTER1',
  botName: 'countersign',
}

export interface WorkspaceUser {
  id: string
  name: string
  realName: string
  isGuest?: boolean
}

/** The demonstration's people, by the names that they have in Countersign, and a guest who is nobody there. */
export const USERS: WorkspaceUser[] = [
  { id: 'U0MARA0001', name: 'mara', realName: 'Mara Lindqvist' },
  { id: 'U0TOMAS001', name: 'tomas', realName: 'Tomás Rey' },
  { id: 'U0AIKO0001', name: 'aiko', realName: 'Aiko Mori' },
  { id: 'U0INES0001', name: 'ines', realName: 'Ines Carvalho' },
  { id: 'U0JONAS001', name: 'jonas', realName: 'Jonas Weber' },
  { id: 'U0DANIEL01', name: 'daniel', realName: 'Daniel Okafor' },
  { id: 'U0GUEST001', name: 'piet', realName: 'Piet Vos', isGuest: true },
]

export const CHANNELS = [
  { id: 'C0RELEASE1', name: 'release-approvals' },
  { id: 'C0FINANCE1', name: 'finance-approvals' },
  { id: 'C0ALERTS01', name: 'countersign-alerts' },
]

/** The conversation of direct messages between the app and a user. */
export function directOf(userId: string): string {
  return `D${userId.slice(1)}`
}

export function channelName(channelId: string): string {
  return CHANNELS.find(({ id }) => id === channelId)?.name ?? 'directmessage'
}
