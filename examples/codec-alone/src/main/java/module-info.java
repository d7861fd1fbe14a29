/** A program that needs the protocol and no broker. */
module io.example.proxy {
    requires io.ottla.codec;
}
