/** No lockdown: shows what the other fences prevent on their own. */
export {};
