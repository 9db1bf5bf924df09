/** "12 %", "0.4 %": whole numbers where they say enough. */
export function shareText(share: number): string {
  const percent = share * 100
  const isSmall = percent > 0 && percent < 10
  return `${isSmall ? percent.toFixed(1) : Math.round(percent)} %`
}
