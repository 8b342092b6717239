/** Room for bytes that are under way together. */
export type Room = {
  /** Takes room and answers how to give it back, once; null where there is too little. Whoever comes alone always has room. */
  take(bytes: number): (() => void) | null;
};

export function createRoom(maxBytes: number): Room {
  let taken = 0;
  return {
    take: (bytes) => {
      if (taken > 0 && taken + bytes > maxBytes) return null;
      taken += bytes;
      let left = false;
      return () => {
        if (!left) taken -= bytes;
        left = true;
      };
    },
  };
}
