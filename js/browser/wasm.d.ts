declare module '*.wasm' {
  /** The module in base64, as js/dev/storefront.js has it bundled. */
  const base64: string;
  export default base64;
}
