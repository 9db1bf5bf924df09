'use client'

import { useState } from 'react'
import { type Clock, msBetween } from '#lib/wire/clock'
import type { SlackSetupView, SlackWorkspaceView } from '#lib/wire/views/slack-setup'
import { ToldNotice } from '../../_client/told-notice'
import { ButtonLink } from '../../_ui/button'
import { type Fact, Facts } from '../../_ui/facts'
import { Time, Until } from '../../_ui/time'
import { RemoveApp } from './remove-app'

/** The workspace with the way out of it, or the way in. It stays where it is when the app is removed, and says so. */
export function Workspace({ slack, clock }: { slack: SlackSetupView; clock: Clock }) {
  const { workspace } = slack
  const [done, setDone] = useState('')
  return (
    <div className="stack">
      {done && <ToldNotice told={{ ok: true, text: done }} />}
      <Facts facts={[...(workspace ? workspaceFacts(workspace, clock) : []), ...appFacts(slack)]} />
      {workspace ? (
        <div className="acts flush">
          {slack.token === 'oauth' && (
            <ButtonLink size="small" href="/slack/install">
              Install again
            </ButtonLink>
          )}
          <RemoveApp
            teamName={workspace.teamName}
            isFromEnvironment={slack.token === 'environment'}
            onDone={setDone}
          />
        </div>
      ) : (
        <NotInstalled token={slack.token} />
      )}
    </div>
  )
}

function NotInstalled({ token }: { token: SlackSetupView['token'] }) {
  switch (token) {
    case 'oauth':
      return (
        <div className="acts">
          <ButtonLink href="/slack/install">Install in a workspace</ButtonLink>
          <span className="hint">Slack asks you to choose it, and brings you back here.</span>
        </div>
      )
    case 'environment':
      return (
        <p className="soft">
          SLACK_BOT_TOKEN is set: the workspace is read from it when Countersign starts. Restart it,
          and look into its log where that does not help.
        </p>
      )
    case 'none':
      return (
        <p className="soft">
          Set SLACK_CLIENT_ID and SLACK_CLIENT_SECRET to install the app from here, or
          SLACK_BOT_TOKEN where it is installed in Slack itself; then start Countersign again.
          docs/slack.md tells where to find them.
        </p>
      )
  }
}

function workspaceFacts(workspace: SlackWorkspaceView, clock: Clock): Fact[] {
  const { teamName, teamId, enterpriseId, botUserId, installedAt, installedByName } = workspace
  const facts: Fact[] = [
    {
      label: 'Name',
      value: teamName,
      sub: (
        <>
          <code>{teamId}</code>
          {enterpriseId && (
            <>
              {' '}
              of organisation <code>{enterpriseId}</code>
            </>
          )}
          , speaking as <code>{botUserId}</code>
        </>
      ),
    },
    {
      label: 'Installed',
      value: <Time at={installedAt} form="full" clock={clock} />,
      sub: installedByName === null ? 'From SLACK_BOT_TOKEN' : `By ${installedByName}`,
    },
  ]
  const { pausedUntil } = workspace
  if (pausedUntil && msBetween(clock.now, pausedUntil) > 0) {
    facts.push({
      label: 'Patience',
      value: (
        <>
          Slack asked to wait <Until at={pausedUntil} clock={clock} />
        </>
      ),
      sub: 'Messages go on by themselves, in their order.',
    })
  }
  return facts
}

function appFacts({ appId, mode, token, workspace }: SlackSetupView): Fact[] {
  return [
    {
      label: 'App',
      value: <code>{appId}</code>,
      sub:
        mode === 'socket'
          ? 'Socket Mode: a process of ours holds the connection to Slack'
          : 'HTTP: Slack calls this installation',
    },
    {
      label: 'Token',
      value: tokenWords(token),
      sub: workspace?.isRotated ? 'Exchanged for a new one before it ends' : undefined,
    },
  ]
}

function tokenWords(token: SlackSetupView['token']): string {
  switch (token) {
    case 'oauth':
      return 'From the installation, sealed in the database'
    case 'environment':
      return 'From SLACK_BOT_TOKEN, sealed in the database'
    case 'none':
      return 'None, and no way to get one'
  }
}
