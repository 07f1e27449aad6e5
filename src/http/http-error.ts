/** An answer other than success. `error` is a stable code, `message` a sentence for people; neither tells of our inside. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly status: 400 | 401 | 403 | 404 | 409 | 413 | 415 | 421;
  readonly error: string;

  constructor(status: HttpError['status'], error: string, message: string) {
    super(message);
    this.status = status;
    this.error = error;
  }
}
