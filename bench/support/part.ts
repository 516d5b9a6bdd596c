/** What each part of the bench is given. */
export interface Bench {
  /** Its own; thrown away at the end. */
  readonly folder: string
  /** A durable PostgreSQL server; ends in `/`. */
  readonly postgresUrl: string
  /** How long each measurement lasts. */
  readonly secondsEach: number
}
