using TorchSharp;
using TResNet.Layers;
using static TorchSharp.torch;

namespace TResNet.Tests.Layers;

public sealed class SpaceToDepthTests
{
    [Fact]
    public void Channel_bh_4_bw_C_c_holds_channel_c_of_pixel_bh_bw()
    {
        using var scope = NewDisposeScope();
        var x = arange(2 * 3 * 8 * 12).@float().view(2, 3, 8, 12);
        var y = new SpaceToDepth().call(x);
        Assert.Equal([2L, 48, 2, 3], y.shape);
        for (var bh = 0; bh < 4; bh++)
        {
            for (var bw = 0; bw < 4; bw++)
            {
                for (var c = 0; c < 3; c++)
                {
                    Assert.Equal(x[1, c, 4 + bh, 8 + bw].ToSingle(), y[1, (((bh * 4) + bw) * 3) + c, 1, 2].ToSingle());
                }
            }
        }
    }

    [Theory]
    [InlineData(4)]
    [InlineData(2)]
    public void Its_inverse_gives_back_what_it_was_given_with_the_gradient(int patch)
    {
        using var scope = NewDisposeScope();
        var layer = new SpaceToDepth(patch);
        var x = randn([2, 3, 16, 24]).requires_grad_();

        var back = layer.Inverse(layer.call(x));

        Assert.True(back.Equals(x));
        back.square().sum().backward();
        Assert.True(x.grad!.allclose(x.detach() * 2));
    }

    [Theory]
    [InlineData(1, 24, 4, 4)]
    [InlineData(16, 4, 4)]
    public void Channels_that_make_no_patches_are_refused(params int[] shape)
    {
        using var x = zeros([.. shape.Select(side => (long)side)]);

        var refused = Assert.Throws<TResNetException>(() => new SpaceToDepth().Inverse(x));

        Assert.Contains("a multiple of 16 channels", refused.Message);
        Assert.Contains($"[{string.Join(", ", shape)}]", refused.Message);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(2)]
    public void TorchScript_gives_the_same_tensor_and_the_same_gradient(int patch)
    {
        using var scope = NewDisposeScope();
        var x = randn([2, 3, 16, 16]).requires_grad_();
        var plain = new SpaceToDepth(patch).call(x);
        var scripted = new SpaceToDepth(patch, scripted: true).call(x);
        Assert.True(plain.Equals(scripted));
        scripted.square().sum().backward();
        Assert.True(x.grad!.allclose(x.detach() * 2));
    }

    [Fact]
    public void A_side_of_33_pixels_is_refused_with_the_size_to_use()
    {
        var error = Assert.Throws<TResNetException>(() => new SpaceToDepth().call(zeros(1, 3, 33, 32)));
        Assert.Equal(
            "The input is 33x32 pixels, and the SpaceToDepth stem takes sides that are multiples of 4: resize it to 32x32.",
            error.Message
        );
    }
}
