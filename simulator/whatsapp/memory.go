package whatsapp

import (
	"context"
	"strings"
	"sync"
	"time"

	"go.mau.fi/whatsmeow/store"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/util/keys"
)

// memory is a person's store: what a whatsmeow client has to remember, in memory. What it does
// not override is forgotten.
type memory struct {
	*store.NoopStore

	mu         sync.Mutex
	identities map[string][32]byte
	sessions   map[string][]byte
	senderKeys map[string][]byte // group and sender
	prekeys    map[uint32]*keys.PreKey
	lastKey    uint32
	uploaded   uint32
	secrets    map[string]secret // by message id
	tokens     map[string]store.PrivacyToken
	numbers    map[string]string // LID -> telephone number
	lids       map[string]string // and back
}

type secret struct {
	sender types.JID
	key    []byte
}

// How many one-time keys a person makes at once. A phone makes hundreds; each costs time and
// room, and there may be thousands of people.
const personKeys = 8

func newMemory() *memory {
	return &memory{
		NoopStore:  &store.NoopStore{},
		identities: map[string][32]byte{}, sessions: map[string][]byte{}, senderKeys: map[string][]byte{}, prekeys: map[uint32]*keys.PreKey{},
		secrets: map[string]secret{}, tokens: map[string]store.PrivacyToken{}, numbers: map[string]string{}, lids: map[string]string{},
	}
}

func (m *memory) PutIdentity(_ context.Context, address string, key [32]byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.identities[address] = key
	return nil
}

func (m *memory) DeleteIdentity(_ context.Context, address string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.identities, address)
	return nil
}

func (m *memory) DeleteAllIdentities(_ context.Context, user string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for address := range m.identities {
		if strings.HasPrefix(address, user+":") {
			delete(m.identities, address)
		}
	}
	return nil
}

func (m *memory) IsTrustedIdentity(_ context.Context, address string, key [32]byte) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	known, ok := m.identities[address]
	return !ok || known == key, nil
}

func (m *memory) GetSession(_ context.Context, address string) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.sessions[address], nil
}

func (m *memory) HasSession(_ context.Context, address string) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.sessions[address] != nil, nil
}

func (m *memory) GetManySessions(_ context.Context, addresses []string) (map[string][]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	out := make(map[string][]byte, len(addresses))
	for _, a := range addresses {
		out[a] = m.sessions[a]
	}
	return out, nil
}

func (m *memory) PutSession(_ context.Context, address string, session []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sessions[address] = session
	return nil
}

func (m *memory) PutManySessions(_ context.Context, sessions map[string][]byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for a, s := range sessions {
		m.sessions[a] = s
	}
	return nil
}

func (m *memory) DeleteSession(_ context.Context, address string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.sessions, address)
	return nil
}

func (m *memory) DeleteAllSessions(_ context.Context, user string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for address := range m.sessions {
		if strings.HasPrefix(address, user+":") {
			delete(m.sessions, address)
		}
	}
	return nil
}

func (m *memory) GetSenderKey(_ context.Context, group, user string) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.senderKeys[group+" "+user], nil
}

func (m *memory) PutSenderKey(_ context.Context, group, user string, session []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.senderKeys[group+" "+user] = session
	return nil
}

// newKey makes a one-time key. The caller holds the lock.
func (m *memory) newKey() *keys.PreKey {
	m.lastKey++
	k := keys.NewPreKey(m.lastKey)
	m.prekeys[k.KeyID] = k
	return k
}

func (m *memory) GetOrGenPreKeys(_ context.Context, count uint32) ([]*keys.PreKey, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var out []*keys.PreKey
	for range min(count, personKeys) {
		out = append(out, m.newKey())
	}
	return out, nil
}

func (m *memory) GenOnePreKey(context.Context) (*keys.PreKey, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.newKey(), nil
}

func (m *memory) GetPreKey(_ context.Context, id uint32) (*keys.PreKey, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.prekeys[id], nil
}

func (m *memory) RemovePreKey(_ context.Context, id uint32) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.prekeys, id)
	return nil
}

func (m *memory) MarkPreKeysAsUploaded(_ context.Context, upTo uint32) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.uploaded = upTo
	return nil
}

func (m *memory) UploadedPreKeyCount(context.Context) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := 0
	for id := range m.prekeys {
		if id <= m.uploaded {
			n++
		}
	}
	return n, nil
}

func (m *memory) PutMessageSecret(_ context.Context, _, sender types.JID, id types.MessageID, key []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.secrets[id] = secret{sender: sender, key: key}
	return nil
}

func (m *memory) GetMessageSecret(_ context.Context, _, _ types.JID, id types.MessageID) ([]byte, types.JID, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s := m.secrets[id]
	return s.key, s.sender, nil
}

func (m *memory) PutPrivacyTokens(_ context.Context, tokens ...store.PrivacyToken) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, t := range tokens {
		m.tokens[t.User.User] = t
	}
	return nil
}

func (m *memory) GetPrivacyToken(_ context.Context, user types.JID) (*store.PrivacyToken, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if t, ok := m.tokens[user.User]; ok {
		return &t, nil
	}
	return nil, nil
}

func (m *memory) DoDecryptionTxn(ctx context.Context, do func(context.Context) error) error {
	return do(ctx)
}

func (m *memory) PutLIDMapping(_ context.Context, lid, number types.JID) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.numbers[lid.User], m.lids[number.User] = number.User, lid.User
	return nil
}

func (m *memory) PutManyLIDMappings(ctx context.Context, mappings []store.LIDMapping) error {
	for _, one := range mappings {
		if err := m.PutLIDMapping(ctx, one.LID, one.PN); err != nil {
			return err
		}
	}
	return nil
}

func (m *memory) GetPNForLID(_ context.Context, lid types.JID) (types.JID, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if number := m.numbers[lid.User]; number != "" {
		return of(types.NewJID(number, byNumber), lid.Device), nil
	}
	return types.JID{}, nil
}

func (m *memory) GetLIDForPN(_ context.Context, number types.JID) (types.JID, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if lid := m.lids[number.User]; lid != "" {
		return of(types.NewJID(lid, byLID), number.Device), nil
	}
	return types.JID{}, nil
}

func (m *memory) GetManyLIDsForPNs(ctx context.Context, numbers []types.JID) (map[types.JID]types.JID, error) {
	out := make(map[types.JID]types.JID, len(numbers))
	for _, number := range numbers {
		if lid, err := m.GetLIDForPN(ctx, number); err == nil && !lid.IsEmpty() {
			out[number] = lid
		}
	}
	return out, nil
}

// PutPushName forgets the name, but under the lock: whatsmeow does it beside its handling of the
// message, and the lock is what a later DeleteDevice comes after.
func (m *memory) PutPushName(context.Context, types.JID, string) (changed bool, previous string, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return false, "", nil
}

func (m *memory) DeleteDevice(context.Context, *store.Device) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	return nil
}

// DeleteExpiredPrivacyTokens is under the lock for the same reason.
func (m *memory) DeleteExpiredPrivacyTokens(context.Context, time.Time) (int64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return 0, nil
}
