/** @param {import('../control.js').PageRequest} request @returns {import('../raw.js').Raw | null} */
export const page = (request) => null;
