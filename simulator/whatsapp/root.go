package whatsapp

import (
	"crypto/ecdh"
	"crypto/sha256"
	"sync"
	"time"

	"go.mau.fi/libsignal/ecc"
	"go.mau.fi/libsignal/logger"
	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waCert"
	"go.mau.fi/whatsmeow/util/keys"
	"google.golang.org/protobuf/proto"
)

// authority is who vouches for the server: root, intermediate, and the server's own key.
type authority struct {
	root, intermediate, static *keys.KeyPair
	private                    *ecdh.PrivateKey // of static
	chain                      []byte           // the encoded certificates
}

// published derives a key pair from a sentence that everybody may read.
func published(sentence string) *keys.KeyPair {
	return keys.NewKeyPairFromPrivateKey(sha256.Sum256([]byte(sentence)))
}

var theAuthority = sync.OnceValue(func() *authority {
	a := &authority{
		root:         published("tanggap simulator/whatsapp: certificate root, for tests only"),
		intermediate: published("tanggap simulator/whatsapp: intermediate certificate, for tests only"),
		static:       published("tanggap simulator/whatsapp: server key, for tests only"),
	}
	a.private = privateKey(a.static.Priv[:])
	a.chain = mustEncode(&waCert.CertChain{
		Intermediate: certificate(1, 0, a.intermediate, a.root), // 0 is the root's own serial number
		Leaf:         certificate(2, 1, a.static, a.intermediate),
	})
	return a
})

func certificate(serial, issuer uint32, holder, signer *keys.KeyPair) *waCert.CertChain_NoiseCertificate {
	details := mustEncode(&waCert.CertChain_NoiseCertificate_Details{
		Serial:       proto.Uint32(serial),
		IssuerSerial: proto.Uint32(issuer),
		Key:          holder.Pub[:],
		NotBefore:    proto.Uint64(uint64(time.Date(2020, time.January, 1, 0, 0, 0, 0, time.UTC).Unix())),
		NotAfter:     proto.Uint64(uint64(time.Date(2120, time.January, 1, 0, 0, 0, 0, time.UTC).Unix())),
	})
	signature := ecc.CalculateSignature(ecc.NewDjbECPrivateKey(*signer.Priv), details)
	return &waCert.CertChain_NoiseCertificate{Details: details, Signature: signature[:]}
}

// mustEncode encodes what this package made itself.
func mustEncode(m proto.Message) []byte {
	b, err := proto.Marshal(m)
	if err != nil {
		panic("simulator/whatsapp: " + err.Error())
	}
	return b
}

// Root is the public key of the certificate root that vouches for every server of this
// package. Its private half is derived from a sentence in the source: it proves nothing, and
// only a program that is told to trust it does. whatsmeow keeps the root it trusts in one
// variable of the whole process, [whatsmeow.WACertPubKey], hence one root for all servers.
func Root() [32]byte { return *theAuthority().root.Pub }

var trustOnce sync.Once

// Trust makes whatsmeow in this process trust [Root], and so no longer WhatsApp's own servers.
// [New] calls it, because its people are whatsmeow clients; a program in another process,
// pointed here by [TransportTo], calls it before it connects.
//
// It also gives the Signal library, if nobody has yet, a log that says nothing: its own prints
// every message that does not decrypt, and is set up by whoever logs first, without a lock.
func Trust() {
	trustOnce.Do(func() {
		if logger.Logger == nil { // before anything logs
			logger.Logger = silence{}
		}
		whatsmeow.WACertPubKey = Root()
	})
}

// silence is a log of the Signal library that says nothing.
type silence struct{}

func (silence) Debug(string, string)   {}
func (silence) Info(string, string)    {}
func (silence) Warning(string, string) {}
func (silence) Error(string, string)   {}
func (silence) Configure(string)       {}
