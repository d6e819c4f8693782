/** An answer that is sent as it stands. */
export class Raw {
  /**
   * @param {string} body
   * @param {string} contentType
   * @param {{ status?: number, headers?: Record<string, string>, afterwards?: (() => unknown) | undefined }} [rest] `afterwards` is called
   *   once it is sent
   */
  constructor(body, contentType, { status = 200, headers = {}, afterwards } = {}) {
    this.body = body;
    this.contentType = contentType;
    this.status = status;
    this.headers = headers;
    this.afterwards = afterwards;
  }
}
