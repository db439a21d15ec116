package mock_test

// leniencies are where each platform lets pass what its document forbids.
var leniencies = map[string][]leniency{
	control: {
		{"*", "path variable tenant", "every name is a tenant"},
		{"importWorld", "body is 10 MB", "a whole world may be as large"},
		{"returnToDemo", "body ", "a form may hold anything, and all of it is only shown"},
	},
	"commerceengine": {
		{"*", "path variable store_id", "every store is a tenant"},
	},
	"commercelayer": {
		{"*", "auth: no-scope", "what is not permitted is answered 401 UNAUTHORIZED, as published"},
	},
	"nextcommerce": {
		{"*", "header X-29next-API-Version is missing", "the page requires it, and the platform takes the token's default"},
	},
}
