package world

import (
	"encoding/base64"
	"encoding/hex"
)

// ID is 32 bytes that look random and are decided by the world's seed. A dialect prints them as its vendor would.
type ID [32]byte

// Hex prints n lower-case hexadecimal digits, 64 at most.
func (id ID) Hex(n int) string { return hex.EncodeToString(id[:])[:n] }

// UUID prints the shape of a version 4 UUID.
func (id ID) UUID() string {
	b := id
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	h := hex.EncodeToString(b[:16])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

// Spell prints n characters of an alphabet of at most 256, n at most 32.
func (id ID) Spell(n int, alphabet string) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = alphabet[int(id[i])%len(alphabet)]
	}
	return string(b)
}

// Alphabets that vendors spell their ids in.
const (
	Digits      = "0123456789"
	Lower       = "abcdefghijklmnopqrstuvwxyz"
	Upper       = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	Letters     = Upper + Lower
	LowerBase32 = Lower + "234567"
)

// Base64 prints the bytes in the alphabet that is safe in URLs, without padding.
func (id ID) Base64() string { return base64.RawURLEncoding.EncodeToString(id[:]) }
