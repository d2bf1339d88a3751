/** What this process of the portal's has answered, and what it uses: counted by the program that listens, told by /metrics. */
export { countSpans, exposeProcess, measureAnswers, methodOf } from './http-metrics.ts';
export { routeOf } from './route-of.ts';
