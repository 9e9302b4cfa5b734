def strict_policy(get_response):
    """A content policy that lets nothing inline run or shine."""

    def answer(request):
        response = get_response(request)
        response["Content-Security-Policy"] = (
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'"
        )
        return response

    return answer
