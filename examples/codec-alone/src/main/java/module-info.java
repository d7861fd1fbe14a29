/** A program that uses the protocol without a broker. */
module io.example.proxy {
    requires io.ottla.codec;
}
