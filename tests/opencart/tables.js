/** The tables of OpenCart that the extension and the order API meet, with the columns that matter; the engine is the version's. */

/** Statuses of a new shop. */
const STATUSES = {
  1: 'Pending',
  2: 'Processing',
  3: 'Shipped',
  5: 'Complete',
  7: 'Canceled',
  8: 'Denied',
  10: 'Failed',
  11: 'Refunded',
  14: 'Expired',
  15: 'Processed',
  16: 'Voided',
};

/** As OpenCart has them installed. */
const SETTINGS = {
  config_name: 'The shop',
  config_email: 'shop@shop.example',
  config_currency: 'USD',
  config_language: 'en-gb',
  config_processing_status: ['5', '1', '2', '12', '3'],
  config_complete_status: ['5', '3'],
  config_order_status_id: '1',
  config_error_display: '1',
  config_mail_engine: 'mail',
  config_mail_smtp_hostname: '127.0.0.1',
  config_mail_smtp_port: '1',
};

/** @param {3 | 4} major */
export function tables(major) {
  const engine = major === 4 ? 'InnoDB' : 'MyISAM';
  const order =
    major === 4
      ? 'payment_method TEXT NOT NULL, shipping_method TEXT NOT NULL, language_code VARCHAR(5) NOT NULL'
      : 'payment_method VARCHAR(128) NOT NULL, payment_code VARCHAR(128) NOT NULL, shipping_method VARCHAR(128) NOT NULL';
  const addresses = ['payment', 'shipping'].map((of) =>
    ['firstname', 'lastname', 'company', 'address_1', 'address_2', 'city', 'postcode', 'country', 'zone']
      .map((name) => `${of}_${name} VARCHAR(128) NOT NULL`)
      .concat(`${of}_country_id INT NOT NULL`, `${of}_zone_id INT NOT NULL`)
      .join(', '),
  );
  const event = major === 4 ? 'model/checkout/order.addHistory' : 'model/checkout/order/addOrderHistory';
  const alert = major === 4 ? 'mail/order.alert' : 'mail/order/alert';
  const created = {
    order: `order_id INT AUTO_INCREMENT PRIMARY KEY, store_id INT NOT NULL, store_name VARCHAR(64) NOT NULL, store_url VARCHAR(255) NOT NULL,
      customer_id INT NOT NULL, customer_group_id INT NOT NULL, firstname VARCHAR(32) NOT NULL, lastname VARCHAR(32) NOT NULL,
      email VARCHAR(96) NOT NULL, telephone VARCHAR(32) NOT NULL, ${addresses.join(', ')}, ${order}, comment TEXT NOT NULL,
      total DECIMAL(15,4) NOT NULL, order_status_id INT NOT NULL, language_id INT NOT NULL, currency_id INT NOT NULL,
      currency_code VARCHAR(3) NOT NULL, currency_value DECIMAL(15,8) NOT NULL, ip VARCHAR(40) NOT NULL, date_added DATETIME NOT NULL,
      date_modified DATETIME NOT NULL`,
    order_product: `order_product_id INT AUTO_INCREMENT PRIMARY KEY, order_id INT NOT NULL, product_id INT NOT NULL, name VARCHAR(255) NOT NULL,
      model VARCHAR(64) NOT NULL, quantity INT NOT NULL, price DECIMAL(15,4) NOT NULL, total DECIMAL(15,4) NOT NULL, tax DECIMAL(15,4) NOT NULL`,
    order_total: `order_total_id INT AUTO_INCREMENT PRIMARY KEY, order_id INT NOT NULL, code VARCHAR(32) NOT NULL, title VARCHAR(255) NOT NULL,
      value DECIMAL(15,4) NOT NULL, sort_order INT NOT NULL`,
    order_history: `order_history_id INT AUTO_INCREMENT PRIMARY KEY, order_id INT NOT NULL, order_status_id INT NOT NULL, notify TINYINT NOT NULL,
      comment TEXT NOT NULL, date_added DATETIME NOT NULL`,
    order_status:
      'order_status_id INT NOT NULL, language_id INT NOT NULL, name VARCHAR(32) NOT NULL, PRIMARY KEY (order_status_id, language_id)',
    product: `product_id INT AUTO_INCREMENT PRIMARY KEY, model VARCHAR(64) NOT NULL, quantity INT NOT NULL, subtract TINYINT NOT NULL,
      price DECIMAL(15,4) NOT NULL`,
    product_option_value:
      'product_option_value_id INT AUTO_INCREMENT PRIMARY KEY, quantity INT NOT NULL, subtract TINYINT NOT NULL',
    cart: 'cart_id INT AUTO_INCREMENT PRIMARY KEY, customer_id INT NOT NULL, session_id VARCHAR(32) NOT NULL, product_id INT NOT NULL, quantity INT NOT NULL, `option` TEXT NOT NULL, date_added DATETIME NOT NULL',
    session: 'session_id VARCHAR(32) PRIMARY KEY, data MEDIUMTEXT NOT NULL, expire DATETIME NOT NULL',
    setting:
      'setting_id INT AUTO_INCREMENT PRIMARY KEY, store_id INT NOT NULL, code VARCHAR(128) NOT NULL, `key` VARCHAR(128) NOT NULL, value TEXT NOT NULL, serialized TINYINT NOT NULL',
    event:
      'event_id INT AUTO_INCREMENT PRIMARY KEY, code VARCHAR(128) NOT NULL, `trigger` TEXT NOT NULL, action TEXT NOT NULL, status TINYINT NOT NULL, sort_order INT NOT NULL',
    currency:
      'currency_id INT AUTO_INCREMENT PRIMARY KEY, title VARCHAR(32) NOT NULL, code VARCHAR(3) NOT NULL, symbol_left VARCHAR(12) NOT NULL, symbol_right VARCHAR(12) NOT NULL, decimal_place CHAR(1) NOT NULL, value DOUBLE(15,8) NOT NULL, status TINYINT NOT NULL',
    zone_to_geo_zone:
      'zone_to_geo_zone_id INT AUTO_INCREMENT PRIMARY KEY, country_id INT NOT NULL, zone_id INT NOT NULL, geo_zone_id INT NOT NULL',
    language:
      'language_id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(32) NOT NULL, code VARCHAR(5) NOT NULL, status TINYINT NOT NULL',
    country: 'country_id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(128) NOT NULL, iso_code_2 VARCHAR(2) NOT NULL',
    store: 'store_id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(64) NOT NULL, url VARCHAR(255) NOT NULL',
  };
  const settings = Object.entries(SETTINGS).map(([key, value]) => {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    return `(0, 'config', '${key}', '${text}', ${typeof value === 'string' ? 0 : 1})`;
  });
  return `
    SET SESSION sql_mode = '';
    ${Object.entries(created)
      .map(([name, columns]) => `CREATE TABLE oc_${name} (${columns}) ENGINE=${engine} DEFAULT CHARSET=utf8mb4;`)
      .join('\n')}
    INSERT INTO oc_order_status VALUES ${Object.entries(STATUSES)
      .map(([id, name]) => `(${id}, 1, '${name}')`)
      .join(', ')};
    INSERT INTO oc_setting (store_id, code, \`key\`, value, serialized) VALUES ${settings.join(', ')};
    INSERT INTO oc_currency (title, code, symbol_left, symbol_right, decimal_place, value, status) VALUES
      ('US Dollar', 'USD', '$', '', '2', 1, 1), ('Yen', 'JPY', '¥', '', '0', 150, 1);
    INSERT INTO oc_language (name, code, status) VALUES ('English', 'en-gb', 1), ('日本語', 'ja-jp', 1);
    INSERT INTO oc_event (code, \`trigger\`, action, status, sort_order) VALUES
      ('mail_order', 'catalog/${event}/before', 'mail/order', 1, 1), ('mail_order_alert', 'catalog/${event}/before', '${alert}', 1, 2);
  `;
}
