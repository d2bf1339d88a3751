/** Freezing what is signed, within seconds, from the signer's own host. */
export { followStopStatements, type StopFollower } from './follow.ts';
export { addStop, EmergencyStopError, liftStop, readStops, type EmergencyStop } from './stops.ts';
export { watchEmergencyStops, type EmergencyStops } from './watch.ts';
