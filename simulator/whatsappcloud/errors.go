package whatsappcloud

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
)

// graphError is a refusal in the network's shape.
type graphError struct {
	status  int
	code    int
	subcode int
	kind    string // "OAuthException" where it is empty
	title   string
	message string // "(#code) title" where it is empty
	details string
}

// The network's errors that have a title of their own, with the status they come with.
var titles = map[int]struct {
	status int
	title  string
}{
	0:      {401, "AuthException"},
	1:      {400, "API Unknown"},
	2:      {503, "API Service"},
	3:      {500, "API Method"},
	4:      {400, "Application request limit reached"},
	10:     {403, "Application does not have permission for this action"},
	33:     {400, "Parameter value is not valid"},
	100:    {400, "Invalid parameter"},
	190:    {401, "Access token has expired"},
	200:    {403, "Permissions error"},
	368:    {403, "Temporarily blocked for policies violations"},
	80007:  {400, "Rate limit issues"},
	130429: {400, "Rate limit hit"},
	130472: {400, "User's number is part of an experiment"},
	130497: {403, "Business account is restricted from messaging users in this country"},
	131000: {500, "Something went wrong"},
	131005: {403, "Access denied"},
	131008: {400, "Required parameter is missing"},
	131009: {400, "Parameter value is not valid"},
	131016: {500, "Service unavailable"},
	131021: {400, "Recipient cannot be sender"},
	131026: {400, "Message undeliverable"},
	131030: {400, "Recipient phone number not in allowed list"},
	131031: {403, "Account has been locked"},
	131037: {400, "Display name approval is pending"},
	131042: {400, "Business eligibility payment issue"},
	131045: {400, "Incorrect certificate"},
	131047: {400, "Re-engagement message"},
	131048: {400, "Spam rate limit hit"},
	131049: {400, "This message was not delivered to maintain healthy ecosystem engagement"},
	131050: {400, "User has stopped marketing messages"},
	131051: {400, "Unsupported message type"},
	131052: {400, "Media download error"},
	131053: {400, "Media upload error"},
	131056: {400, "(Business Account, Consumer Account) pair rate limit hit"},
	131057: {500, "Account in maintenance mode"},
	131062: {400, "BSUID recipients are not supported for this message"},
	131064: {400, "Messaging limit reached"},
	132000: {400, "Template Param Count Mismatch"},
	132001: {404, "Template does not exist"},
	132005: {400, "Template Hydrated Text Too Long"},
	132012: {400, "Template Parameter Format Mismatch"},
	132015: {400, "Template is Paused"},
	132016: {400, "Template is Disabled"},
	133004: {503, "Server Temporarily Unavailable"},
	133010: {400, "Phone number not registered"},
	135000: {400, "Generic user error"},
}

// known makes the error of a code.
func known(code int) *graphError {
	t, ok := titles[code]
	if !ok {
		t.status, t.title = 400, "Unknown error"
	}
	return &graphError{status: t.status, code: code, title: t.title}
}

func (e *graphError) with(details string) *graphError {
	c := *e
	c.details = details
	return &c
}

func (e *graphError) text() string {
	if e.message != "" {
		return e.message
	}
	return fmt.Sprintf("(#%d) %s", e.code, e.title)
}

var (
	errThroughput = known(130429).with("Message failed to send because there were too many messages sent from this phone number in a short period of time")
	errPair       = known(131056).with("Message failed to send because there were too many messages sent from this phone number to the same recipient in a short period of time.")
	errWindow     = known(131047).with("Message failed to send because more than 24 hours have passed since the customer last replied to this number.")
	errNobody     = known(131026).with("Message Undeliverable.")
	errToken      = &graphError{status: http.StatusUnauthorized, code: 190, message: "Invalid OAuth access token - Cannot parse access token"}
	errNoToken    = &graphError{status: http.StatusUnauthorized, code: 190, message: "An access token is required to request this resource."}
)

func errNoObject(verb, id string) *graphError {
	return &graphError{status: http.StatusBadRequest, code: 100, subcode: 33, kind: "GraphMethodException", message: "Unsupported " + verb +
		" request. Object with ID '" + clip(id, 64) + "' does not exist, cannot be loaded due to missing permissions, or does not support this operation."}
}

// refuse answers with an error.
func (s *Server) refuse(w http.ResponseWriter, e *graphError) {
	body := map[string]any{"message": e.text(), "type": "OAuthException", "code": e.code, "fbtrace_id": trace()}
	if e.kind != "" {
		body["type"] = e.kind
	}
	if e.subcode != 0 {
		body["error_subcode"] = e.subcode
	}
	if e.details != "" {
		body["error_data"] = map[string]any{"messaging_product": "whatsapp", "details": e.details}
	}
	answer(w, e.status, map[string]any{"error": body})
}

// asStatus is the error as a status webhook tells it.
func (e *graphError) asStatus() map[string]any {
	title := e.title
	if title == "" {
		title = e.text()
	}
	m := map[string]any{"code": e.code, "title": title, "message": title, "href": "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/"}
	if e.details != "" {
		m["error_data"] = map[string]any{"details": e.details}
	}
	return m
}

func answer(w http.ResponseWriter, status int, body any) {
	b, err := json.Marshal(body)
	if err != nil {
		panic(err) // maps of strings and numbers
	}
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	w.Header().Set("Facebook-API-Version", "v25.0")
	w.WriteHeader(status)
	_, _ = w.Write(b)
}

func trace() string {
	var b [15]byte
	_, _ = rand.Read(b[:]) // it never fails
	return "A" + base64.RawURLEncoding.EncodeToString(b[:])
}
