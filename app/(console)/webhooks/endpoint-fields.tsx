'use client'

import { WEBHOOK_EVENT_TYPES } from '#lib/core/webhook/events'
import { ChoiceField, TextField } from '../../_ui/field'
import { EVENT_WORDS } from './words'

export interface EndpointSettings {
  url: string
  description: string
  eventTypes: readonly string[]
}

const CHOICES = WEBHOOK_EVENT_TYPES.map((type) => ({
  value: type,
  label: (
    <>
      <code>{type}</code>
      <span className="hint">{EVENT_WORDS[type]}</span>
    </>
  ),
}))

/** Where an endpoint is and what it is told. The form reads them by name. */
export function EndpointFields({
  id,
  settings,
  fields,
}: {
  /** Of the form: each page may have more than one. */
  id: string
  settings: EndpointSettings
  /** What is wrong with them, by name. */
  fields: Record<string, string> | undefined
}) {
  return (
    <>
      <TextField
        id={`${id}-url`}
        name="url"
        label="Address"
        hint="Public and https. Deliveries are posted there."
        placeholder="https://hooks.example.com/countersign"
        isBytes
        type="url"
        autoComplete="off"
        spellCheck={false}
        defaultValue={settings.url}
        error={fields?.['url']}
      />
      <TextField
        id={`${id}-description`}
        name="description"
        label="What it is for (optional)"
        autoComplete="off"
        maxLength={200}
        defaultValue={settings.description}
        error={fields?.['description']}
      />
      <div className="event-choices">
        <ChoiceField
          legend="Tell it when"
          name="eventTypes"
          type="checkbox"
          choices={CHOICES}
          chosen={settings.eventTypes}
          error={fields?.['eventTypes']}
        />
      </div>
    </>
  )
}

/** What the fields say, for the action. */
export function settingsOf(form: HTMLFormElement) {
  const data = new FormData(form)
  return {
    url: data.get('url'),
    description: data.get('description'),
    eventTypes: data.getAll('eventTypes'),
  }
}
