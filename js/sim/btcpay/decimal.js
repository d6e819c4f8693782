/**
 * Exact decimals for money. The scale is kept as it was written ("5.00" stays "5.00"), as .NET's decimal does and
 * BTCPay Server's answers therefore show.
 */

/** .NET's decimal holds 96 bits. */
const LARGEST = 2n ** 96n - 1n;
const LARGEST_SCALE = 28;

/**
 * .NET's `NumberStyles.Any` in the invariant culture, which BTCPay Server 2.4.1 reads amounts with
 * (NumericStringJsonConverter): signs on either side or parentheses, commas anywhere between the digits, an exponent.
 */
const ANY_NUMBER =
  /^[\t-\r ]*(\(?)([+-]?)¤?[\t-\r ]*(?:(\d[\d,]*)?(?:\.(\d*))?)(?:[eE]([+-]?\d{1,5}))?[\t-\r ]*¤?([+-]?)(\)?)[\t-\r ]*$/;

/** @param {number} exponent */
const tenTo = (exponent) => 10n ** BigInt(exponent);

export class Decimal {
  /**
   * @param {bigint} units
   * @param {number} scale digits after the point; the value is units / 10^scale
   */
  constructor(units, scale) {
    this.units = units;
    this.scale = scale;
  }

  static zero = new Decimal(0n, 0);

  /**
   * Plain decimal text, as this simulator writes it.
   * @param {string} text
   */
  static of(text) {
    const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text);
    if (!match) throw new RangeError(`not a decimal: ${text}`);
    const units = BigInt(match[2] + (match[3] ?? ''));
    return new Decimal(match[1] ? -units : units, match[3]?.length ?? 0);
  }

  /**
   * Text a client sent, read as BTCPay Server reads it.
   * @param {string} text
   * @returns {Decimal | null} null where the server would refuse it
   */
  static parse(text) {
    const match = ANY_NUMBER.exec(text);
    if (!match) return null;
    const [, open, lead, whole = '', fraction = '', exponent = '0', trail, close] = match;
    if (whole === '' && fraction === '') return null;
    if ((open === '(') !== (close === ')')) return null;
    if (Number(open !== '') + Number(lead !== '') + Number(trail !== '') > 1) return null;
    let units = BigInt(whole.replaceAll(',', '') + fraction);
    let scale = fraction.length - Number(exponent);
    if (Math.abs(scale) > 100) return units === 0n ? Decimal.zero : null;
    if (scale < 0) {
      units *= tenTo(-scale);
      scale = 0;
    }
    const value = new Decimal(open || lead === '-' || trail === '-' ? -units : units, scale);
    const fitting = value.scale > LARGEST_SCALE ? value.round(LARGEST_SCALE) : value;
    return fitting.units > LARGEST || -fitting.units > LARGEST ? null : fitting;
  }

  /** @param {number} scale not smaller than this one's */
  #at(scale) {
    return this.units * tenTo(scale - this.scale);
  }

  /** @param {Decimal} other */
  plus(other) {
    const scale = Math.max(this.scale, other.scale);
    return new Decimal(this.#at(scale) + other.#at(scale), scale);
  }

  /** @param {Decimal} other */
  minus(other) {
    return this.plus(new Decimal(-other.units, other.scale));
  }

  /** @param {Decimal} other */
  times(other) {
    return new Decimal(this.units * other.units, this.scale + other.scale);
  }

  /**
   * The quotient to `digits` digits, rounded towards plus infinity (BTCPay Server's `RoundUp`: a payment is never asked
   * a fraction of a satoshi too low).
   * @param {Decimal} other not zero
   * @param {number} digits
   */
  dividedUp(other, digits) {
    const over = this.units * tenTo(digits + other.scale);
    const under = other.units * tenTo(this.scale);
    const exact = over % under === 0n;
    const floorward = over / under;
    return new Decimal(exact || over < 0n !== under < 0n ? floorward : floorward + 1n, digits);
  }

  /**
   * The quotient to `digits` digits, a half to the even neighbour, as .NET rounds.
   * @param {Decimal} other not zero
   * @param {number} digits
   */
  dividedBy(other, digits) {
    return this.dividedUp(other, LARGEST_SCALE).round(digits, 'toEven');
  }

  /**
   * @param {number} digits
   * @param {'awayFromZero' | 'toEven'} [half] what becomes of a half
   */
  round(digits, half = 'awayFromZero') {
    if (this.scale <= digits) return this;
    const divisor = tenTo(this.scale - digits);
    const magnitude = this.units < 0n ? -this.units : this.units;
    const rest = (magnitude % divisor) * 2n;
    let rounded = magnitude / divisor;
    if (rest > divisor || (rest === divisor && (half === 'awayFromZero' || rounded % 2n === 1n))) rounded += 1n;
    return new Decimal(this.units < 0n ? -rounded : rounded, digits);
  }

  /** The same value without zeros at the end of its fraction. */
  trimmed() {
    let { units, scale } = this;
    while (scale > 0 && units % 10n === 0n) {
      units /= 10n;
      scale -= 1;
    }
    return new Decimal(units, scale);
  }

  /**
   * @param {Decimal} other
   * @returns {-1 | 0 | 1}
   */
  compare(other) {
    const { units } = this.minus(other);
    return units < 0n ? -1 : units > 0n ? 1 : 0;
  }

  /** @returns {-1 | 0 | 1} */
  sign() {
    return this.units < 0n ? -1 : this.units > 0n ? 1 : 0;
  }

  toString() {
    const digits = (this.units < 0n ? -this.units : this.units).toString().padStart(this.scale + 1, '0');
    const whole = digits.slice(0, digits.length - this.scale);
    const fraction = this.scale > 0 ? `.${digits.slice(-this.scale)}` : '';
    return `${this.units < 0n ? '-' : ''}${whole}${fraction}`;
  }
}
