/** The runway's hold-short marking: two solid lines, two dashed. */
export function Mark() {
  return (
    <svg className="mark" viewBox="0 0 20 20" aria-hidden="true">
      <path d="M0 1h20v3H0zM0 6h20v3H0zM0 11h5v3H0zM7.5 11h5v3h-5zM15 11h5v3h-5zM0 16h5v3H0zM7.5 16h5v3h-5zM15 16h5v3h-5z" />
    </svg>
  )
}

/** Mark and name, a link home. */
export function Brand({ href = '/' }: { href?: string }) {
  return (
    <a className="brand" href={href}>
      <Mark />
      Countersign
    </a>
  )
}
