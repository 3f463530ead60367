/**
 * Counting and sharing what may be used: windows, calendar periods, what a call will use, how processes share a limit,
 * and where spending will stand at the end of its period. Pure: every time is passed in.
 */
export { WindowCounter, type WindowKind } from './window-counter.ts'
export { periodAt, readPeriod, type CalendarPeriod, type PeriodLength } from './calendar-period.ts'
export { estimateCallTokens, typicalOutputTokens, type CallSize } from './estimate-call-tokens.ts'
export { shareAllowance, type AllowanceRequest } from './share-allowance.ts'
export { forecastSpend, type SpendForecast, type SpendHistory } from './forecast-spend.ts'
export { forecastRange, type ForecastRange } from './forecast-range.ts'
