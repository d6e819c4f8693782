/** An answer that is sent as it stands. */
export class Raw {
  /**
   * @param {string} body
   * @param {string} contentType
   * @param {{ status?: number, headers?: Record<string, string> }} [rest]
   */
  constructor(body, contentType, { status = 200, headers = {} } = {}) {
    this.body = body;
    this.contentType = contentType;
    this.status = status;
    this.headers = headers;
  }
}
