const WIDTH = 120;

/**
 * JSON as the case files are laid out: two spaces, and on one line what fits on one.
 * @param {any} value
 * @param {string} [indent]
 * @param {number} [taken] columns that the member's name takes
 * @returns {string}
 */
export function layout(value, indent = '', taken = 0) {
  const line = oneLine(value);
  if (indent.length + taken + line.length <= WIDTH || value === null || typeof value !== 'object') return line;
  const inner = `${indent}  `;
  if (Array.isArray(value)) return `[\n${value.map((each) => inner + layout(each, inner)).join(',\n')}\n${indent}]`;
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .map(([name, member]) => `${inner}${JSON.stringify(name)}: ${layout(member, inner, name.length + 4)}`);
  return `{\n${members.join(',\n')}\n${indent}}`;
}

/** @param {any} value @returns {string} */
function oneLine(value) {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(oneLine).join(', ')}]`;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  if (members.length === 0) return '{}';
  return `{ ${members.map(([name, member]) => `${JSON.stringify(name)}: ${oneLine(member)}`).join(', ')} }`;
}
