/** How many of something one sender may have in progress at a time. */
export interface Slots {
  /** → a function that releases the slot (idempotent), or null if all are taken. */
  take(key: string): (() => void) | null;
}

export function openSlots(perKey: number): Slots {
  const taken = new Map<string, number>();
  return {
    take(key) {
      const count = taken.get(key) ?? 0;
      if (count >= perKey) return null;
      taken.set(key, count + 1);
      let held = true;
      return () => {
        if (!held) return;
        held = false;
        const left = (taken.get(key) ?? 1) - 1;
        if (left === 0) taken.delete(key);
        else taken.set(key, left);
      };
    },
  };
}
