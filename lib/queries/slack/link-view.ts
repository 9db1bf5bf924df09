import type { Tx } from '#lib/db/client'
import type { SlackLinkView } from '#lib/wire/views/people'

export interface TeamRow {
  teamId: string
  teamName: string
}

interface LinkRow {
  teamId: string
  userId: string
  userName: string
  linkedAt: Date
}

/** The workspace that Countersign is installed in; null while it is in none. */
export function workspaceOf(db: Tx): Promise<TeamRow | null> {
  return db.slackWorkspace.findUnique({
    where: { id: 1 },
    select: { teamId: true, teamName: true },
  })
}

export function slackLinkView(link: LinkRow, workspace: TeamRow | null): SlackLinkView {
  return {
    userName: link.userName,
    userId: link.userId,
    workspace: teamWords(link.teamId, workspace),
    linkedAt: link.linkedAt.toISOString(),
  }
}

/** A team by its name where it is known; else by the id that the call gave. */
export function teamWords(teamId: string, workspace: TeamRow | null): string {
  return workspace?.teamId === teamId ? workspace.teamName : teamId
}
