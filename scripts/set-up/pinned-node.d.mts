export function pinnedNodeOf(projectDirectory: string, platform?: string): string;
export function refuseNode(version: string, platform?: string): string | null;
