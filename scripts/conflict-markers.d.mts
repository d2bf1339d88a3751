export function conflictMarkers(folder: string): Promise<readonly string[]>;
