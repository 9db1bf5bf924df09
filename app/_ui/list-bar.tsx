import { Icon } from './icon'
import { cappedText } from './number-words'

export interface ListTab {
  id: string
  label: string
  /** Left out where the number says nothing. */
  count?: number
}

export interface ListSelect {
  name: string
  label: string
  /** The choice of none: "Any caller". Left out where one is always chosen. */
  all?: string
  options: readonly { value: string; label: string }[]
  chosen: string | null
}

/** A filter that is typed. */
export interface ListField {
  name: string
  label: string
  type: 'text' | 'date'
  chosen: string | null
}

/** Views and filters over a list. Both live in the address, so a list can be sent to a colleague. */
export function ListBar({
  href,
  tabs,
  tab,
  what,
  placeholder,
  text,
  selects = [],
  fields = [],
  isWide = false,
}: {
  href: string
  tabs: readonly ListTab[]
  /** The `id` of the view that is shown. */
  tab: string
  /** "requests": what is searched. */
  what: string
  /** What the search looks at. */
  placeholder: string
  text: string
  selects?: readonly ListSelect[]
  fields?: readonly ListField[]
  /** The filters have a line of their own. */
  isWide?: boolean
}) {
  const query = { text, selects: [...selects, ...fields] }
  return (
    <div className={isWide ? 'bar is-wide' : 'bar'}>
      <nav className="tabs" aria-label="Views">
        {tabs.map(({ id, label, count }) => (
          <a
            key={id}
            href={`${href}?${listQuery({ ...query, tab: id })}`}
            aria-current={id === tab ? 'page' : undefined}
          >
            {label} {count !== undefined && <span className="count">{cappedText(count)}</span>}
          </a>
        ))}
      </nav>
      <search>
        <form
          className={fields.length > 0 ? 'filters has-fields' : 'filters'}
          id="filters"
          method="get"
          action={href}
          aria-label={`Filter ${what}`}
        >
          <input type="hidden" name="view" value={tab} />
          <div className="search">
            <Icon name="search" />
            <input
              className="input"
              type="search"
              name="q"
              placeholder={placeholder}
              aria-label={`Search ${what}`}
              defaultValue={text}
            />
          </div>
          {selects.map((select) => (
            <FilterSelect key={select.name} {...select} />
          ))}
          {fields.map((field) => (
            <FilterField key={field.name} {...field} />
          ))}
          {selects.length > 0 && (
            <a className="btn only-narrow" href="#filters">
              Filter
            </a>
          )}
          <button className="btn small go-search" type="submit">
            Search
          </button>
        </form>
      </search>
    </div>
  )
}

function FilterField({ name, label, type, chosen }: ListField) {
  return (
    <label className="filter-field">
      <span>{label}</span>
      <input className="input" type={type} name={name} defaultValue={chosen ?? ''} />
    </label>
  )
}

function FilterSelect({ name, label, all, options, chosen }: ListSelect) {
  return (
    <select className="select" name={name} aria-label={label} defaultValue={chosen ?? ''}>
      {all && <option value="">{all}</option>}
      {options.map((option) => (
        <option key={option.value} value={option.value}>
          {option.label}
        </option>
      ))}
    </select>
  )
}

/** The address of a view under the same filters, without its `?`. */
export function listQuery({
  tab,
  text,
  selects = [],
}: {
  tab: string
  text: string
  selects?: readonly Pick<ListSelect, 'name' | 'chosen'>[]
}): string {
  const query = new URLSearchParams({ view: tab })
  if (text) query.set('q', text)
  for (const { name, chosen } of selects) if (chosen) query.set(name, chosen)
  return query.toString()
}
