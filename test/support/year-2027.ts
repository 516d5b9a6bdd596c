/** A schedule of the next year for tests: nobody knew the official one when it was written. */
import type { YearSchedule } from '../../src/core/calendar/year-schedule.ts'

/** Made up; no weekday off is worked off. */
export const YEAR_2027 = {
  year: 2027,
  source: 'made up',
  off: [
    { name: '元旦', from: '2027-01-01', to: '2027-01-01' },
    { name: '春节', from: '2027-02-05', to: '2027-02-10' },
    { name: '清明节', from: '2027-04-05', to: '2027-04-05' },
    { name: '劳动节', from: '2027-05-01', to: '2027-05-04' },
    { name: '端午节', from: '2027-06-09', to: '2027-06-09' },
    { name: '中秋节', from: '2027-09-15', to: '2027-09-15' },
    { name: '国庆节', from: '2027-10-01', to: '2027-10-05' },
  ],
} satisfies Omit<YearSchedule, 'work'>
