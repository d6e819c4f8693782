/**
 * Waits for something that is about to be so, half a minute at most.
 * @template T
 * @param {() => T | Promise<T>} work what throws, or answers false, is tried again
 * @returns {Promise<T>}
 */
export async function tries(work) {
  for (let count = 1; ; count++) {
    try {
      const result = await work();
      if (result !== false) return result;
      if (count === 3000) throw new Error('it never came');
    } catch (error) {
      if (count === 3000) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
